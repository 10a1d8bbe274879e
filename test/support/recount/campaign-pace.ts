import { ratio } from './counting.js';
import type { Recount } from './mart-data.js';

export const campaignPaceRecounts: Readonly<Record<string, Recount>> = {
  campaign_pace: (data) =>
    data.campaigns.flatMap((campaign) => {
      const { id, campaign_type, topic, started_at, finished_at, total_count, warmup_mode, hour_limit } = campaign;
      if (started_at === null) return [];
      const seconds = finished_at === null ? null : (finished_at.getTime() - started_at.getTime()) / 1000;
      const perHour = (n: number | null, digits?: number) =>
        n === null || seconds === null ? null : ratio(n * 3600, seconds, digits);
      const sent = data.messages.filter((m) => m.campaign_id === id && m.message_type === campaign_type).length;
      const planned = perHour(total_count);
      return {
        campaign_id: id,
        campaign_type,
        topic,
        started_at,
        finished_at,
        duration_hours: seconds === null ? null : ratio(seconds, 3600, 3),
        total_count,
        sent,
        planned_per_hour: perHour(total_count, 1),
        sent_per_hour: perHour(sent, 1),
        warmup_mode,
        hour_limit,
        is_over_limit: planned === null || hour_limit === null ? null : planned > hour_limit,
      };
    }),
};
