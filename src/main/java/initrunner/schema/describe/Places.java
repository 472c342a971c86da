package initrunner.schema.describe;

import initrunner.schema.type.Brief;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Counted;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.JsonMapping;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.OrNull;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.ScalarType;
import initrunner.schema.type.Section;
import initrunner.schema.type.Spelled;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Variants;
import initrunner.schema.type.Whole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The paths at which each key may stand, so that a fault can say where a misplaced key belongs.
public final class Places {

  private Places() {}

  /// The paths of each key of a form.
  public static Map<String, List<String>> of(Section<?> root) {
    Map<String, List<String>> places = new HashMap<>();
    collect(root, "", places);
    return Map.copyOf(places);
  }

  private static void collect(Type<?> type, String path, Map<String, List<String>> places) {
    switch (type) {
      case Section<?> section -> {
        for (Field<?> field : section.fields()) {
          String place = path.isEmpty() ? field.key() : path + "." + field.key();
          places.computeIfAbsent(field.key(), _ -> new ArrayList<>()).add(place);
          collect(field.type(), place, places);
        }
      }
      case OrNull<?> nullable -> collect(nullable.type(), path, places);
      case ListOf<?> list -> collect(list.item(), path + "[]", places);
      case Counted counted -> collect(counted.within(), path, places);
      case Brief<?> brief -> collect(brief.whole(), path, places);
      case Spelled<?> spelled -> collect(spelled.variants(), path, places);
      case Variants<?> variants ->
          variants.sections().values().forEach(section -> collect(section, path, places));
      case Text _,
          Whole _,
          Decimal _,
          Flag _,
          Choice<?> _,
          ScalarType<?> _,
          Parsed<?> _,
          MapOf<?> _,
          JsonMapping _ -> {}
    }
  }
}
