import type { Recount } from './mart-data.js';
import { significantRatio } from './significant.js';

const HOUR_MS = 3_600_000;

export const campaignPaceRecounts: Readonly<Record<string, Recount>> = {
  campaign_pace: (data) =>
    data.campaigns.flatMap((campaign) => {
      const { id, campaign_type, topic, started_at, finished_at, total_count, warmup_mode, hour_limit } = campaign;
      if (started_at === null) return [];
      const ms = finished_at === null ? null : finished_at.getTime() - started_at.getTime();
      const perHour = (n: number | null) =>
        n === null || ms === null || ms <= 0 ? null : significantRatio(n * HOUR_MS, ms);
      const sent = data.messages.filter((m) => m.campaign_id === id && m.message_type === campaign_type).length;
      const planned = perHour(total_count);
      return {
        campaign_id: id,
        campaign_type,
        topic,
        started_at,
        finished_at,
        duration_hours: ms === null ? null : significantRatio(ms, HOUR_MS),
        total_count,
        sent,
        planned_per_hour: planned,
        sent_per_hour: perHour(sent),
        warmup_mode,
        hour_limit,
        is_over_limit: planned === null || hour_limit === null ? null : total_count! * HOUR_MS > hour_limit * ms!,
      };
    }),
};
