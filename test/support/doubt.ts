/**
 * For tests that count how often a wrong password reached Apple. The arithmetic of its proof is in doubt once in 128 times
 * (docs/protocol/sign-in.md, "The password proof"), and then it is proven twice: such a test gets another go.
 */
export const DOUBT = { retry: 2 };
