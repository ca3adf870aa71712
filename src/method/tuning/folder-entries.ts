// Pictures and captions of a folder as pre-training pairs: read as an import reads them, without what is held out.

import { CollimateError } from '../../util/errors.ts';
import { describeOmissions } from '../exchange/describe-notes.ts';
import { listFiles } from '../exchange/folder.ts';
import { createNotes } from '../exchange/notes.ts';
import { readFolderFiles } from '../exchange/read-folder.ts';

export interface FolderEntry {
  readonly path: string;
  readonly text: string;
}

export interface FolderEntries {
  readonly entries: readonly FolderEntry[];
  /** What of the folder is not used, with its reason. */
  readonly leftOut: readonly string[];
}

/**
 * @param heldOut prompts that the project keeps from every stage: their pictures are left out too
 * @throws CollimateError CONFIG for what is no folder of pictures with captions, or has a row or caption that is wrong.
 */
export async function readFolderEntries(
  folder: string,
  heldOut: ReadonlySet<string> = new Set(),
): Promise<FolderEntries> {
  try {
    const found = listFiles(folder);
    const notes = createNotes();
    const entries: FolderEntry[] = [];
    for await (const { fileName, prompt, split = 'seen' } of readFolderFiles(folder, found, notes)) {
      if (heldOut.has(prompt)) notes.leaveOut('picture of a prompt that the project holds out', fileName!);
      else if (split === 'seen') entries.push({ path: found.files.get(fileName!)!, text: prompt });
      else notes.leaveOut(`picture of a part that is held out (${split})`, fileName!);
    }
    const leftOut = describeOmissions(notes.finish().leftOut);
    if (entries.length > 0) return { entries, leftOut };
    throw new CollimateError('USAGE', `${folder}: expected at least one pair, got none; ${leftOut.join('; ')}`);
  } catch (error) {
    if (!(error instanceof CollimateError)) throw error;
    throw new CollimateError(
      'CONFIG',
      `tune.pretrainData: ${error.message}`,
      'Each picture needs a caption, such as a line {"file_name": "0001.png", "text": "…"} of metadata.jsonl (docs/exchange.md); or set it to embedded or none.',
      { cause: error },
    );
  }
}
