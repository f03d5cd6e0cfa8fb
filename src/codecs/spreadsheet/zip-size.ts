const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_FILE_HEADER = 0x02014b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 65_535;

/**
 * How many bytes a ZIP file says that it unpacks to; null for what is none. Read before anything is unpacked, since a few
 * kilobytes may hold gigabytes. ZIP64, which no workbook of a sensible size is, counts as none.
 * @see PKWARE APPNOTE 6.3.10 §4.3.12, §4.3.16
 */
export function uncompressedBytes(file: Buffer): number | null {
  const earliest = Math.max(0, file.length - END_BYTES - LONGEST_COMMENT_BYTES);
  for (let end = file.length - END_BYTES; end >= earliest; end -= 1) {
    if (file.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) continue;
    const entries = file.readUInt16LE(end + 10);
    let at = file.readUInt32LE(end + 16);
    let total = 0;
    for (let entry = 0; entry < entries; entry += 1) {
      if (at + 46 > file.length || file.readUInt32LE(at) !== CENTRAL_FILE_HEADER) return null;
      total += file.readUInt32LE(at + 24);
      at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
    }
    return total;
  }
  return null;
}
