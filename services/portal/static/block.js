// A block of cells as spreadsheets put it into the clipboard.

const CELL = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r?\n|$)/g;

/** Read lines of cells; a cell in quotes may hold line ends, tabs and doubled quotes, and is then read without them. */
export function readBlock(text) {
  const lines = [[]];
  for (const [whole, quoted, plain, end] of text.replace(/\r?\n$/, "").matchAll(CELL)) {
    const isWritten = quoted !== undefined && !/[\t\n]|""/.test(quoted); // Somebody's own quotes, as of a title.
    const cell = isWritten ? whole.slice(0, whole.length - end.length) : plain ?? quoted.replaceAll('""', '"');
    lines.at(-1).push(cell.trim());
    if (end === "") break;
    if (end !== "\t") lines.push([]);
  }
  return lines;
}
