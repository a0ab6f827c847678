/** Turns vitest's JSON report and exit code into the one line a machine reads. Pure. */

/**
 * Each test counts once. A file that failed without a failed test (it did not load, or a hook broke) counts as one
 * failure, and so does a run that ended badly for any other reason, or that ran nothing.
 * @param {{testResults: {name: string, status: string, message?: string, assertionResults: {status: string}[]}[]}|undefined} report
 * @param {number} exitCode of vitest
 * @returns {{line: string, isGreen: boolean, remarks: string[]}}
 */
export function summarize(report, exitCode) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passedCount = tests.filter((test) => test.status === 'passed').length;
  const brokenFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const remarks = brokenFiles.map((file) => `Failed as a whole: ${file.name}: ${firstLine(file.message)}`);
  const skippedCount = tests.filter((test) => test.status === 'skipped' || test.status === 'pending').length;
  if (skippedCount > 0) remarks.push(`${skippedCount} skipped.`);
  let failedCount = tests.filter((test) => test.status === 'failed').length + brokenFiles.length;
  if (failedCount === 0 && passedCount === 0) {
    failedCount = 1;
    remarks.push('No test ran.');
  } else if (failedCount === 0 && exitCode !== 0) {
    failedCount = 1;
    remarks.push(`The test run itself failed (exit ${exitCode}): an error that no test owns, see above.`);
  }
  return { line: `${passedCount} passed, ${failedCount} failed`, isGreen: failedCount === 0, remarks };
}

function firstLine(text = '') {
  return text.split('\n')[0];
}
