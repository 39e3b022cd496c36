/** What progress redraws its line with; nothing else may go back on a line. */
export const redraw = '\r\u001b[2K';
