import { apportion } from './apportion.js';
import { builtInCampaigns } from './campaigns.js';
import { HOLIDAYS } from './holidays.js';
import { type Campaign, type Cell, type Channel, type Plan } from './model.js';
import { Outcomes } from './outcomes.js';
import { type Prng } from './prng.js';
import { STRATA } from './profile.js';

/** A campaign's share of its stratum on one day. */
interface Slot {
  readonly campaign: Campaign;
  readonly day: number;
  readonly weight: number;
}

/**
 * The plan of a file without `--like`: the demo's shares of types and channels, invented campaigns, events drawn by the demo's rates.
 *
 * @param firstDay first day of sending
 * @param lastDay last day of sending, included
 */
export function builtInPlan(rows: number, firstDay: number, lastDay: number, prng: Prng): Plan {
  const campaigns = builtInCampaigns(firstDay, lastDay, prng);
  const counts = apportion(
    rows,
    STRATA.map(({ measures }) => measures.sent),
  );
  const cells: Cell[] = [];
  STRATA.forEach(({ type, channel, measures }, index) => {
    const outcomes = Outcomes.rates(measures, channel);
    const own = campaigns.filter((campaign) => campaign.type === type && serves(campaign, channel));
    const slots = type === 'bulk' ? bulkSlots(own, lastDay, prng) : dailySlots(own, firstDay, lastDay, prng);
    for (const { slot, sent } of systematicSample(counts[index]!, slots, prng)) {
      cells.push({ campaign: slot.campaign, channel, day: slot.day, sent, outcomes });
    }
  });
  // Array.prototype.sort is stable: cells of one day stay in the order of the strata.
  cells.sort((one, other) => one.day - other.day);
  return { cells, campaigns, holidays: HOLIDAYS, firstDay, lastDay, everyRowIsSent: false };
}

function serves(campaign: Campaign, channel: Channel): boolean {
  return campaign.channel === channel || campaign.channel === 'multichannel';
}

/** A few bulk campaigns reach nearly everybody, most only some clients: weights from 1 to 1,000. */
function bulkSlots(campaigns: readonly Campaign[], lastDay: number, prng: Prng): Slot[] {
  return campaigns.flatMap((campaign) => {
    const position = prng.float();
    const weight = 1 + 1000 * position * position * position * position;
    const day = campaign.day!;
    const secondDay = prng.chance(0.1) && day < lastDay;
    if (!secondDay) return [{ campaign, day, weight }];
    return [
      { campaign, day, weight: weight * 0.8 },
      { campaign, day: day + 1, weight: weight * 0.2 },
    ];
  });
}

/** Trigger and transactional messages go out every day; the number differs by campaign. */
function dailySlots(campaigns: readonly Campaign[], firstDay: number, lastDay: number, prng: Prng): Slot[] {
  const slots: Slot[] = [];
  for (const campaign of campaigns) {
    const position = prng.float();
    const usual = 1 + 20 * position * position;
    for (let day = firstDay; day <= lastDay; day++) {
      slots.push({ campaign, day, weight: usual * (0.7 + 0.6 * prng.float()) });
    }
  }
  return slots.sort((one, other) => one.day - other.day);
}

/**
 * Shares a number of rows among slots so that the sum is exact and every slot gets its expected number, rounded up or
 * down: the rows are placed at equal distances along the sum of the weights. Largest remainder would leave the many slots
 * with an expectation below one without any row.
 */
function systematicSample(rows: number, slots: readonly Slot[], prng: Prng): { slot: Slot; sent: number }[] {
  const total = slots.reduce((sum, { weight }) => sum + weight, 0);
  const offset = prng.float();
  const chosen: { slot: Slot; sent: number }[] = [];
  let weight = 0;
  let before = 0;
  slots.forEach((slot, index) => {
    weight += slot.weight;
    const upTo = index === slots.length - 1 ? rows : Math.min(rows, Math.floor((weight / total) * rows + offset));
    if (upTo > before) chosen.push({ slot, sent: upTo - before });
    before = upTo;
  });
  return chosen;
}
