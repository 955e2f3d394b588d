import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A test that passes without asserting anything proves nothing.
    expect: { requireAssertions: true },
    allowOnly: false,
  },
});
