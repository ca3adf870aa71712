// Where an AVIF file keeps its EXIF data: an item of the box `meta` (ISO/IEC 14496-12, HEIF), found by its number in the table of places.

/** The bytes of TIFF of the item of type `Exif`; undefined where there is none. @throws RangeError where the file is cut */
export function findInAvif(file: Buffer): Buffer | undefined {
  if (file.toString('latin1', 4, 8) !== 'ftyp') return undefined;
  const meta = findBox(file, 'meta')?.subarray(4);
  if (!meta) return undefined;
  const [items, places] = [findBox(meta, 'iinf'), findBox(meta, 'iloc')];
  const id = items && findExifItem(items);
  if (id === undefined || !places) return undefined;
  const item = readItem(file, findBox(meta, 'idat'), places, id);
  // The first four bytes say how far behind them TIFF begins.
  return item?.subarray(4 + item.readUInt32BE(0));
}

/** The contents of the boxes of one level, with their types. */
function* listBoxes(bytes: Buffer): Generator<[type: string, content: Buffer]> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const head = size === 1 ? 16 : 8;
    const end = size === 0 ? bytes.length : at + (size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : size);
    if (end < at + head) return;
    yield [bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + head, end)];
    at = end;
  }
}

function findBox(bytes: Buffer, wanted: string): Buffer | undefined {
  for (const [type, content] of listBoxes(bytes)) if (type === wanted) return content;
  return undefined;
}

function findExifItem(items: Buffer): number | undefined {
  // After version and flags stands the number of items, in 2 bytes or in 4.
  for (const [type, item] of listBoxes(items.subarray(items[0] === 0 ? 6 : 8))) {
    const wide = item[0] === 3;
    const at = wide ? 10 : 8;
    if (type === 'infe' && item[0]! >= 2 && item.toString('latin1', at, at + 4) === 'Exif')
      return wide ? item.readUInt32BE(4) : item.readUInt16BE(4);
  }
  return undefined;
}

/**
 * The pieces of an item, which lie in the file or in the box `idat`, in their order; undefined where they come to more than the
 * file, as only pieces that lie over each other do: thousands of them could each be all of it.
 */
function readItem(file: Buffer, data: Buffer | undefined, places: Buffer, wanted: number): Buffer | undefined {
  const version = places[0]!;
  const [offsetSize, lengthSize, baseSize] = [places[4]! >> 4, places[4]! & 15, places[5]! >> 4];
  const indexSize = version === 0 ? 0 : places[5]! & 15;
  let at = 6;
  const read = (size: number) => {
    let value = 0;
    for (let end = at + size; at < end; at++) value = 256 * value + places.readUInt8(at);
    return value;
  };
  const numberSize = version < 2 ? 2 : 4;
  for (let left = read(numberSize); left > 0; left--) {
    const id = read(numberSize);
    const method = version === 0 ? 0 : read(2) & 15;
    at += 2;
    const base = read(baseSize);
    const count = read(2);
    if (id !== wanted) {
      at += count * (indexSize + offsetSize + lengthSize);
      continue;
    }
    const source = method === 0 ? file : method === 1 ? data : undefined;
    if (!source || count === 0) return undefined;
    const pieces: Buffer[] = [];
    for (let bytes = 0; pieces.length < count; ) {
      at += indexSize;
      const [start, length] = [base + read(offsetSize), read(lengthSize)];
      const piece = source.subarray(start, length === 0 ? undefined : start + length);
      bytes += piece.length;
      if (bytes > file.length) return undefined;
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }
  return undefined;
}
