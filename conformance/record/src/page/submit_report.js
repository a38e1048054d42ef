// Hands a report to the server by a form: form-action has no default-src fallback, so no tested policy can stop it.
function submitReport(query, report) {
  const form = document.createElement('form');
  form.method = 'POST';
  form.action = '/done?' + query;
  form.enctype = 'text/plain';
  const field = document.createElement('textarea');
  field.name = 'report';
  field.value = JSON.stringify(report);
  form.appendChild(field);
  document.body.appendChild(form);
  form.submit();
}
