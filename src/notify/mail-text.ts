import { type Notice, oneLine, type Words, wordsOf } from './notice.ts';

/** icloudpd's subject, word for word: mail filters look for it. */
const SUBJECT = 'icloud_photos_downloader: Two step authentication has expired';

/** icloudpd's text, word for word: what we have to say comes after it. */
function icloudpdText(username: string): string {
  return (
    'Hello,\n\n' +
    `${username}'s two-step authentication has expired for the icloud_photos_downloader script.\n` +
    'Please log in to your server and run the script manually to update two-step authentication.'
  );
}

/** @returns subject and text of the mail; what icloudpd mailed as well begins with its words */
export function mailText(notice: Notice): Words {
  const words = wordsOf(notice);
  switch (notice.kind) {
    case 'code-needed':
    case 'trust-ended':
      return { title: SUBJECT, text: `${icloudpdText(oneLine(notice.username))}\n\n${words.text}` };
    default:
      return words;
  }
}
