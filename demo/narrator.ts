const bold = (text: string) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);
const dim = (text: string) => (process.stdout.isTTY ? `\x1b[2m${text}\x1b[0m` : text);

let chapter = 0;

/** The demo speaks in numbered chapters, commands that a reader could type, and what came of them. */
export const narrator = {
  chapter(title: string): void {
    console.log(`\n${bold(`${++chapter}. ${title}`)}`);
  },
  say(text: string): void {
    console.log(`   ${text}`);
  },
  command(line: string): void {
    console.log(`   ${dim('$')} ${line}`);
  },
  result(value: unknown): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    console.log(dim(indent(text)));
  },
  picture(lines: string): void {
    console.log(indent(lines));
  },
};

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `     ${line}`)
    .join('\n');
}
