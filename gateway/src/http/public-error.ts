/** How an error with these details leaves the gateway. */
export interface PublicError<D> {
  status: number;
  /** The contract's literal: clients branch on it. */
  text: string | ((details: D) => string);
}

/** The public text of one error. */
export function textOf<D>({ text }: PublicError<D>, details: D): string {
  return typeof text === 'string' ? text : text(details);
}
