// A classic script: Chromium loads content scripts without modules, so the block keeps its names to itself.
{
  const FRAGMENT = '#ryze-passkey=';

  /** Takes a handover out of the address before the page's own scripts run, and gives it to the worker. */
  const takeHandover = (): void => {
    if (!location.hash.startsWith(FRAGMENT)) return;
    const handover = location.hash.slice(FRAGMENT.length);
    history.replaceState(history.state, '', location.pathname + location.search);
    void chrome.runtime.sendMessage({ kind: 'handover', handover });
  };

  addEventListener('hashchange', takeHandover);
  takeHandover();
}
