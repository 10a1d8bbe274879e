import { describe, expect, it } from '@jest/globals';
import { addressOf, inFormat } from './address.js';

describe('addressOf', () => {
  it('is relative to the page, so that it holds below any path prefix', () => {
    expect(addressOf('/api/v1/channels')).toBe('api/v1/channels');
  });

  it('fills parameters of the path and appends the others', () => {
    const values = { campaign_type: 'bulk', id: 12, sort: '-sent', limit: 10, is_known: false } as const;
    expect(addressOf('/api/v1/campaigns', values)).toBe(
      'api/v1/campaigns?campaign_type=bulk&id=12&sort=-sent&limit=10&is_known=false',
    );
    expect(addressOf('/api/v1/campaigns/{type}/{id}', { type: 'bulk', id: 12, format: 'sql' })).toBe(
      'api/v1/campaigns/bulk/12?format=sql',
    );
  });

  it('leaves out undefined values and keeps empty ones', () => {
    expect(addressOf('/api/v1/topics', { topic: '', type: undefined })).toBe('api/v1/topics?topic=');
  });

  it('escapes what people wrote', () => {
    const topic = '50 % & <script>/?#🛒';
    expect(new URLSearchParams(addressOf('/api/v1/topics', { topic }).split('?')[1]).get('topic')).toBe(topic);
    expect(addressOf('/api/v1/campaigns/{type}/{id}', { type: 'a/b?c', id: '../1' })).toBe(
      'api/v1/campaigns/a%2Fb%3Fc/..%2F1',
    );
  });
});

describe('inFormat', () => {
  it('adds the format to an address with and without a query', () => {
    expect(inFormat('api/v1/channels', 'csv')).toBe('api/v1/channels?format=csv');
    expect(inFormat('api/v1/topics?topic=', 'sql')).toBe('api/v1/topics?topic=&format=sql');
  });
});
