/** All rooms, in the order in which they are attacked. */
import type { Room } from './room.js'
import { calls } from './rooms/calls.js'
import { hangs } from './rooms/hangs.js'
import { kills } from './rooms/kills.js'
import { line } from './rooms/line.js'
import { model } from './rooms/model.js'
import { namespaces } from './rooms/namespaces.js'
import { store } from './rooms/store.js'
import { users } from './rooms/users.js'

export const rooms: readonly Room[] = [hangs, line, kills, calls, store, model, users, namespaces]
