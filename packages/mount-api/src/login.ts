/** Logging in to a cluster with authorization. */
import { Type, type Static } from 'typebox'

/** Answer of `PUT /auth/_login`: where the user logs in, and the state to ask for the token with. */
export type LoginPage = Static<typeof LoginPage>
export const LoginPage = Type.Object({ auth_url: Type.String(), oidc_state: Type.String() })

/** Answer of `PUT /auth/_login_token`: the config file, with the token in its active context. */
export type LoginConfig = Static<typeof LoginConfig>
export const LoginConfig = Type.Object(
  {
    v2: Type.Object(
      { active_context: Type.String(), contexts: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())) },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
)

/** Who the server is to pachd. */
export type AuthState = Static<typeof AuthState>
export const AuthState = Type.Object({
  state: Type.Enum(['off', 'logged-out', 'logged-in', 'expired', 'unknown'], {
    description: '"off": the cluster has no authorization. "expired": pachd does not accept the login any more; mounts stay, and work again after the next one. "unknown": pachd does not answer.',
  }),
  user: Type.Union([Type.String(), Type.Null()], { description: 'As pachd names who is logged in.' }),
  expires_at: Type.Optional(Type.String({ description: 'When the login ends, in ISO 8601.' })),
})

/** Body of `PUT /auth/_login_with_token`: one of the two. */
export type TokenLogin = Static<typeof TokenLogin>
export const TokenLogin = Type.Object({
  session_token: Type.Optional(Type.String({ description: 'A session token of pachd, as "pachctl auth get-robot-token" gives it.' })),
  id_token: Type.Optional(Type.String({ description: "An ID token of pachd's identity provider." })),
})
