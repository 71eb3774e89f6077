export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";
export const LABEL_FONT = `600 12.5px ${FONT}`;
export const ABOUT_FONT = `11px ${FONT}`;
/** What a card has beside its text. */
export const ICON_WIDTH = 38;
