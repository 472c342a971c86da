package initrunner.runtime;

import initrunner.audit.AuditEvent;
import initrunner.exec.Captured;
import initrunner.exec.Excerpt;
import initrunner.role.Role;
import initrunner.role.Security.RecordedContents;
import initrunner.text.SecretValues;
import java.util.Optional;
import java.util.SequencedMap;

/// What of a call's arguments and output the audit log holds: as much as the role consents to,
/// without secrets and without what its content rules find. Immutable.
record RecordedContent(RecordedContents consent, ContentRedaction content, SecretValues secrets) {

  /// The audit log holds less of a call's arguments than this.
  private static final int MOST_ARGUMENTS = 16_384;

  /// More than is recorded: what is left of a secret at a cut goes with the rest.
  private static final int MOST_OUTPUT_BYTES = 16_384;

  private static final int MOST_OF_AN_END = AuditEvent.MOST_OF_OUTPUT;

  static RecordedContent of(Role role, SecretValues secrets) {
    return new RecordedContent(
        role.security().recorded(), new ContentRedaction(role.security().content()), secrets);
  }

  Optional<String> arguments(String arguments) {
    return consent.arguments()
        ? Optional.of(
            content.redact(
                arguments.length() > MOST_ARGUMENTS
                    ? secrets.redactedBeginning(arguments.substring(0, MOST_ARGUMENTS)) + "…"
                    : secrets.redacted(arguments)))
        : Optional.empty();
  }

  /// Keeps both ends of a call's output while it comes, if the role consents.
  Optional<Captured> capture() {
    return consent.output() ? Optional.of(new Captured(MOST_OUTPUT_BYTES)) : Optional.empty();
  }

  /// @param output both streams as one, as they came
  void putOutput(SequencedMap<String, String> details, Captured output) {
    Excerpt excerpt = output.stdoutExcerpt();
    String all = content.redact(secrets.redacted(excerpt.text()));
    if (all.isEmpty()) {
      return;
    }
    int length = all.codePointCount(0, all.length());
    if (length <= MOST_OF_AN_END && !excerpt.isCut()) {
      details.put(AuditEvent.OUTPUT_BEGIN, all);
      return;
    }
    details.put(
        AuditEvent.OUTPUT_BEGIN,
        all.substring(0, all.offsetByCodePoints(0, Math.min(length, MOST_OF_AN_END))));
    int left = Math.min(Math.max(0, length - MOST_OF_AN_END), MOST_OF_AN_END);
    details.put(AuditEvent.OUTPUT_END, all.substring(all.offsetByCodePoints(all.length(), -left)));
  }
}
