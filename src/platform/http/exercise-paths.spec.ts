import { intoExercise } from './exercise-paths.js';

const ID = '5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10';
const OTHER = '6a1d8b63-0d1f-4065-9b6f-40206b3ea021';

describe('intoExercise', () => {
  it.each([
    [`/taxii2/exercises/${ID}`, '/taxii2/live'],
    [`/taxii2/exercises/${ID}/collections?limit=5`, '/taxii2/live/collections?limit=5'],
    [`/misp/exercises/${ID}/events/restSearch`, '/misp/events/restSearch'],
    [`/misp/exercises/${ID.toUpperCase()}/events/view/1`, '/misp/events/view/1'],
  ])('takes %s for %s of the exercise', (url, path) => {
    const headers: Record<string, string> = {};
    expect(intoExercise(url, { headers })).toBe(path);
    expect(headers['x-ronda-exercise']?.toLowerCase()).toBe(ID);
  });

  it.each([
    '/taxii2',
    '/taxii2/live/collections',
    '/misp/events',
    `/misp/exercises/${ID}x/events`,
    `/api/v1/exercises/${ID}`,
  ])('leaves %s as it is', (url) => {
    const headers: Record<string, string> = {};
    expect([intoExercise(url, { headers }), headers]).toEqual([url, {}]);
  });

  it('lets a header say the same, and no other', () => {
    const sent = (id: string): Record<string, string> => {
      const headers = { 'x-ronda-exercise': id };
      intoExercise(`/misp/exercises/${ID}/events`, { headers });
      return headers;
    };
    expect(sent(ID.toUpperCase())).toEqual({ 'x-ronda-exercise': ID });
    for (const id of [OTHER, '']) expect(sent(id)['x-ronda-exercise']).not.toMatch(/-/);
  });
});
