/** The settings one run works from, as the command line gives them. Names are the options' names. */

export type LogLevel = 'debug' | 'info' | 'error';
export type PasswordProviderName = 'parameter' | 'env' | 'file' | 'command' | 'keyring' | 'console' | 'webui';
export type MfaProviderName = 'console' | 'webui';
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
  readonly mfaProvider: MfaProviderName;
  /** Seconds a code is waited for when nobody is at a terminal; undefined: the provider's own default. */
  readonly mfaWait: number | undefined;
  /** Seconds between two rounds; undefined: one round, then the end. */
  readonly watchInterval: number | undefined;
  /** As typed. */
  readonly debugCapture: string | undefined;
  /** Undefined when no page is served. */
  readonly web: WebSettings | undefined;
}

/** The web page. */
export interface WebSettings {
  readonly host: string;
  readonly port: number;
  /** As typed. */
  readonly passwordFile: string | undefined;
  readonly url: URL | undefined;
  /** Further names the page may be asked for by. */
  readonly allowedHosts: readonly string[];
  readonly trustProxy: boolean;
}

/** Who is told of what needs a person, and how. */
export interface NotificationSettings {
  readonly smtpUsername: string | undefined;
  readonly smtpPassword: string | undefined;
  readonly smtpHost: string;
  readonly smtpPort: number;
  readonly smtpNoTls: boolean;
  readonly notificationEmail: string | undefined;
  readonly notificationEmailFrom: string | undefined;
  /** As typed. */
  readonly notificationScript: string | undefined;
  /** URLs, checked. */
  readonly notify: readonly string[];
}

/** For one account. */
export interface UserSettings {
  /** Lower case. */
  readonly username: string;
  readonly password: string | undefined;
  /** As typed. */
  readonly passwordFile: string | undefined;
  /** Split into words; the first one is the program. */
  readonly passwordCommand: readonly string[] | undefined;
  readonly acceptTerms: boolean;
  readonly notifications: NotificationSettings;
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
