/**
 * Style of the audit's page: light and dark, readable on paper and on a small screen. Every pair of colours has a
 * contrast of 4.5 to 1.
 */
export const style = `
:root{color-scheme:light dark;--page:#f6f8fa;--card:#fff;--ink:#1c2733;--soft:#56626e;--line:#d9dfe6;--head:#eef2f6;--blue:#d8e8fb;--orange:#fbe3c8;--yellow:#f6eec2;--violet:#e8e2f6;--grey:#e4ebf3;--error:#c0272d;--warning:#8a5f00;--info:#2563a8}
@media (prefers-color-scheme:dark){:root{--page:#0d131a;--card:#131a22;--ink:#e6edf3;--soft:#a3b1be;--line:#2c3844;--head:#1a232d;--blue:#1b3a5e;--orange:#5b3a12;--yellow:#4d4410;--violet:#3a3059;--grey:#2a3642;--error:#ff7b72;--warning:#e3b341;--info:#79b8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Helvetica,Arial,sans-serif;overflow-wrap:break-word}
main{max-width:1160px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:28px;line-height:1.2;margin:0}h2{font-size:18px;margin:40px 0 10px}
p{margin:0 0 10px}.lead{color:var(--soft);margin:8px 0 16px;max-width:80ch}.soft{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0 0 20px;padding:0}
.facts li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:6px 12px;font-size:14px}.facts strong{font-size:17px}
.picture{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
.picture svg{display:block;max-width:100%;height:auto;margin:0 auto}
table{border-collapse:collapse;width:100%;table-layout:fixed;background:var(--card);border:1px solid var(--line);margin-bottom:16px}
th,td{text-align:left;vertical-align:top;padding:8px 12px;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600;background:var(--head)}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
code{font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
td code{display:block}
.tag{display:inline-block;padding:1px 9px;border-radius:10px;font-size:12.5px;background:var(--grey);white-space:nowrap}
.stateful,.verdict-isolate,.verdict-opaque{background:var(--orange)}.verdict-broker-safe{background:var(--yellow)}.verdict-affinity,.verdict-pod-local{background:var(--violet)}
.stateless,.verdict-stateless{background:var(--blue)}
.findings{list-style:none;margin:0;padding:0}.findings li{background:var(--card);border:1px solid var(--line);border-left-width:5px;border-radius:6px;padding:9px 14px;margin-bottom:8px}
.findings p{margin:2px 0 0}.error{border-left-color:var(--error)!important}.warning{border-left-color:var(--warning)!important}.info{border-left-color:var(--info)!important}
.severity{font-weight:600}.error .severity{color:var(--error)}.warning .severity{color:var(--warning)}.info .severity{color:var(--info)}
.filter{display:flex;flex-wrap:wrap;gap:10px;align-items:center;margin-bottom:10px}
input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:5px 10px;width:min(340px,100%)}
input:focus-visible,summary:focus-visible{outline:2px solid var(--info);outline-offset:2px}
summary{cursor:pointer;color:var(--info);font-size:13px}
@media (max-width:900px){main{padding:20px 14px 48px}
table,tbody,tr,td{display:block}thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
tr{border-top:1px solid var(--line);padding:8px 0}tr[hidden]{display:none}td{border:0;padding:3px 14px}td.number{text-align:left}
td[data-name]::before{content:attr(data-name);display:block;color:var(--soft);font-size:12.5px}}
@media print{body{background:#fff}.filter,summary{display:none}}
`;
