/** Something the person who runs the recorder can put right: shown as one line, without a stack. */
export class UserError extends Error {
  name = 'UserError';
}
