/** An answer's body that is JSON already, for what is asked often and changes rarely. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
