/** The settings one run works from, as the command line gives them. Names are the options' names. */

export type LogLevel = 'debug' | 'info' | 'error';
export type PasswordProviderName = 'parameter' | 'keyring' | 'console';
export type FileMatchPolicy = 'name-size-dedup-with-suffix' | 'name-id7';
export type LivePhotoMovFilenamePolicy = 'suffix' | 'original';

/** For all accounts of a run. */
export interface GlobalSettings {
  readonly onlyPrintFilenames: boolean;
  readonly logLevel: LogLevel;
  readonly noProgressBar: boolean;
  /** Files fetched at once. */
  readonly threadsNum: number;
  readonly domain: 'com' | 'cn';
  /** In the order they are asked. */
  readonly passwordProvider: readonly PasswordProviderName[];
}

/** For one account. */
export interface UserSettings {
  /** Lower case. */
  readonly username: string;
  readonly password: string | undefined;
  /** As typed. */
  readonly directory: string | undefined;
  readonly authOnly: boolean;
  readonly cookieDirectory: string;
  readonly recent: number | undefined;
  readonly skipVideos: boolean;
  readonly skipPhotos: boolean;
  readonly skipLivePhotos: boolean;
  readonly folderStructure: string;
  readonly dryRun: boolean;
  readonly keepUnicodeInFilenames: boolean;
  readonly livePhotoMovFilenamePolicy: LivePhotoMovFilenamePolicy;
  readonly fileMatchPolicy: FileMatchPolicy;
}
