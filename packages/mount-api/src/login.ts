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
