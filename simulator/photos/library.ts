import { hash } from 'node:crypto';
import type { Clock } from '../seams.ts';
import { indexed } from './indexes.ts';
import type { Asset, Scope, ZoneID } from './model.ts';
import type { AssetPatch, NewAsset } from './new-asset.ts';
import { Zone } from './zone.ts';

export type { AssetPatch, NewAsset } from './new-asset.ts';

/** The personal library of every account. */
export const PRIMARY_ZONE = 'PrimarySync';
const WHOLE_LIBRARY = 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted';

/** What one account's iCloud Photos hold: `PrimarySync`, and the libraries shared with others. */
export class Library {
  readonly #clock: Clock;
  readonly #zones: Zone[] = [];
  readonly #changedAt = new Map<Zone, number>();
  #changes = 0;
  #linkGeneration = 0;

  /** @param clock dates what happens to the library */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.addZone(PRIMARY_ZONE, 'private');
  }

  get zones(): readonly Zone[] {
    return this.#zones;
  }

  /** The number of changes to all zones so far; a database's sync token carries it. */
  get sequence(): number {
    return this.#changes;
  }

  /** Links of an earlier generation answer 410. */
  get linkGeneration(): number {
    return this.#linkGeneration;
  }

  /** @param zoneName `PrimarySync` or `SharedSync-<UUID>` */
  addZone(zoneName: string, scope: Scope): Zone {
    const ownerRecordName = `_${hash('md5', `${scope} owner`, 'hex')}`;
    const zoneID: ZoneID = { zoneName, ownerRecordName, zoneType: 'REGULAR_CUSTOM_ZONE' };
    const zone = new Zone(zoneID, scope, (changed) => {
      this.#changes += 1;
      this.#changedAt.set(changed, this.#changes);
    });
    this.#zones.push(zone);
    this.#changes += 1;
    this.#changedAt.set(zone, this.#changes);
    return zone;
  }

  /** @throws Error for an unknown zone */
  zone(zoneName: string = PRIMARY_ZONE): Zone {
    const zone = this.#zones.find(({ name }) => name === zoneName);
    if (!zone) throw new Error(`There is no zone ${zoneName}`);
    return zone;
  }

  /** The zones of a database that changed after a point in its history. */
  zonesChangedSince(scope: Scope, sequence: number): readonly Zone[] {
    return this.#zones.filter((zone) => zone.scope === scope && (this.#changedAt.get(zone) ?? 0) > sequence);
  }

  /** How many pictures a zone shows: those neither hidden nor deleted. */
  count(zoneName: string = PRIMARY_ZONE): number {
    return indexed(this.zone(zoneName), WHOLE_LIBRARY).length;
  }

  /** @param rank 0 is the newest */
  assetAt(rank: number, zoneName: string = PRIMARY_ZONE): Asset | undefined {
    return indexed(this.zone(zoneName), WHOLE_LIBRARY)[rank];
  }

  /** Looks in all zones. */
  asset(recordName: string): Asset | undefined {
    return this.#zoneOf(recordName)?.assets.get(recordName);
  }

  /** @throws Error for an unknown zone, or an unknown asset to duplicate */
  addAsset(spec: NewAsset, zoneName: string = PRIMARY_ZONE): Asset {
    return this.zone(zoneName).addAsset(spec, this.#clock.now());
  }

  /** @throws Error for an unknown record name */
  changeAsset(recordName: string, patch: AssetPatch): Asset {
    return this.#zoneHolding(recordName).changeAsset(recordName, patch, this.#clock.now());
  }

  /** Moves to Recently Deleted. @throws Error for an unknown record name */
  deleteAsset(recordName: string): void {
    this.changeAsset(recordName, { isDeleted: true });
  }

  /** Removes for good, leaving a tombstone in the history. @throws Error for an unknown record name */
  purgeAsset(recordName: string): void {
    this.#zoneHolding(recordName).purgeAsset(recordName, this.#clock.now());
  }

  /** Makes every download link handed out so far answer 410 Gone. */
  expireLinks(): void {
    this.#linkGeneration += 1;
  }

  #zoneOf(recordName: string): Zone | undefined {
    return this.#zones.find((zone) => zone.assets.has(recordName));
  }

  #zoneHolding(recordName: string): Zone {
    const zone = this.#zoneOf(recordName);
    if (!zone) throw new Error(`There is no asset ${recordName}`);
    return zone;
  }
}
