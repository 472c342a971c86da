package initrunner.runtime;

import initrunner.role.ContentRules;
import initrunner.role.ContentRules.PersonalData;
import initrunner.text.BoundedPattern;
import java.util.ArrayList;
import java.util.List;

/// Takes out of a text what a role's content rules keep out of the audit log. A pattern that takes
/// too many steps on a text counts as found in all of it. Immutable.
public final class ContentRedaction {

  private static final String REDACTED = "[REDACTED]";

  private static final List<String> PERSONAL_DATA =
      List.of(
          "\\b[A-Z0-9._%+-]{1,64}@[A-Z0-9.-]{1,253}\\.[A-Z]{2,24}\\b",
          "\\b\\d{3}-\\d{2}-\\d{4}\\b",
          "(?<!\\w)(?:\\+?1[-.\\s]?)?\\(?\\d{3}\\)?[-.\\s]?\\d{3}[-.\\s]?\\d{4}\\b");

  private final List<BoundedPattern> patterns;

  public ContentRedaction(ContentRules rules) {
    List<String> all = new ArrayList<>(rules.redacted());
    if (rules.personalData() == PersonalData.REDACTED) {
      all.addAll(PERSONAL_DATA);
    }
    patterns = all.stream().map(BoundedPattern::new).toList();
  }

  /// The text as it may go into the audit log.
  public String redact(String text) {
    String clean = text;
    for (BoundedPattern pattern : patterns) {
      try {
        clean = pattern.replacedIn(clean, REDACTED);
      } catch (BoundedPattern.GaveUpException e) {
        return REDACTED;
      }
    }
    return clean;
  }
}
