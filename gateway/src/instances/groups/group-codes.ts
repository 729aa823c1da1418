/*
 * Codes with which WhatsApp refuses questions and changes of groups.
 */

/** "No member" and "no admin", which WhatsApp does not keep apart. */
export const FORBIDDEN: readonly number[] = [401, 403];
export const NO_SUCH_GROUP: readonly number[] = [404];
/** The group is not there, or the account is not in it. */
export const NOT_A_MEMBER: readonly number[] = [...FORBIDDEN, ...NO_SUCH_GROUP];
/** Joining is not allowed, or the group is full (419). */
export const NOT_ADMITTED: readonly number[] = [...FORBIDDEN, 419];
export const ALREADY_MEMBER: readonly number[] = [409];
export const NO_SUCH_CODE: readonly number[] = [406];
export const CODE_REVOKED: readonly number[] = [410];
/** The account may not have communities. */
export const NO_COMMUNITIES: readonly number[] = [400];
