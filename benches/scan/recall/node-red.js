const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
for (let i = 0; i < 100 && !(window.RED?.nodes && document.querySelector('#red-ui-workspace')); i += 1) await sleep(100);
await sleep(1500);
const click = async (selector, wait = 700) => { const element = document.querySelector(selector); if (element) { element.click(); await sleep(wait); } return Boolean(element); };
// A flow, deployed; then every tab of the sidebar, the dialogs of the menu, the context data, the help, search, import and export.
RED.nodes.import([{ id: 'e2e1', type: 'inject', z: RED.workspaces.active(), name: '', repeat: '', once: false, topic: '', x: 200, y: 100, wires: [['e2e2']] },
  { id: 'e2e2', type: 'debug', z: RED.workspaces.active(), name: '', active: true, x: 400, y: 100, wires: [] }], { generateIds: true }); RED.nodes.dirty(true); RED.view.redraw(true);
await sleep(500);
await click('#red-ui-header-button-deploy', 1500);
for (const tab of ['info', 'help', 'debug', 'config', 'context']) { RED.sidebar.show(tab); await sleep(500); }
for (const action of ['core:refresh-node-context', 'core:refresh-flow-context', 'core:refresh-global-context', 'core:show-user-settings', 'core:search', 'core:list-flows',
  'core:show-export-dialog', 'core:show-import-dialog', 'core:manage-palette', 'core:show-library-dialog', 'core:library-export', 'core:show-system-info', 'core:show-remote-diff', 'core:show-welcome-tour']) {
  try { RED.actions.invoke(action); } catch {}
  await sleep(700);
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', keyCode: 27 }));
  for (const button of document.querySelectorAll('.ui-dialog-buttonset button, .red-ui-tray-footer button, #node-dialog-cancel')) if (/cancel|close/i.test(button.textContent)) { button.click(); await sleep(300); }
}
const inject = RED.nodes.filterNodes({ type: 'inject' })[0];
if (inject) { RED.nodes.getType('inject').button?.onclick?.call(inject); await sleep(500); RED.editor.edit(inject); await sleep(1500); }
await click('#red-ui-header-button-deploy', 1000);
