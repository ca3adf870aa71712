// Where the hub is, who asks, and where its files are kept: by the environment variables of every Hugging Face tool.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';

export interface HubSettings {
  /** HF_ENDPOINT */
  readonly endpoint: string;
  /** HF_TOKEN */
  readonly token: string | undefined;
  /** HF_HUB_OFFLINE: nothing is fetched. */
  readonly offline: boolean;
  /** HF_HUB_CACHE, or `hub` in HF_HOME. */
  readonly cacheDir: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws CollimateError USAGE where HF_ENDPOINT is no web address. */
export function readHubSettings(env: Env): HubSettings {
  return {
    endpoint: readEndpoint(env.HF_ENDPOINT || 'https://huggingface.co'),
    token: env.HF_TOKEN || undefined,
    offline: /^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? ''),
    cacheDir: hubCacheDir(env),
  };
}

/** The folder that Python's huggingface_hub uses as well. */
export function hubCacheDir(env: Env): string {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub');
}

function readEndpoint(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new CollimateError(
    'USAGE',
    `HF_ENDPOINT: expected a web address, got ${JSON.stringify(text)}`,
    'Unset it, or name a hub such as https://huggingface.co.',
  );
}
