/** What holds where a team sets nothing. */
export const defaults = {
  branches: { production: ["production"], preview: ["preview-*"], dev: ["dev", "dev-*"] },
  previewTtl: "14d",
  devCu: 4,
  history: "7d",
} as const;
