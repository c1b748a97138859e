// What the command line may do to a terminal: colour where a person reads it, plain text where a program
// does.

export type Paint = {
  readonly colour: boolean
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

const style = (on: boolean, open: number, close: number) => (text: string) =>
  on ? `\u001b[${open}m${text}\u001b[${close}m` : text

/** Colour on a terminal, unless NO_COLOR says otherwise (no-color.org). */
export const paintFor = (stream: NodeJS.WriteStream): Paint => {
  const colour = stream.isTTY === true && !process.env.NO_COLOR
  return {
    colour,
    bold: style(colour, 1, 22),
    dim: style(colour, 2, 22),
    red: style(colour, 31, 39),
    green: style(colour, 32, 39),
    yellow: style(colour, 33, 39),
    cyan: style(colour, 36, 39),
  }
}
