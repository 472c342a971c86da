package initrunner.model;

/// A model that asks another one, has its name, and closes it.
public interface ModelDecorator extends Model {

  /// The model that is asked.
  Model model();

  @Override
  default String provider() {
    return model().provider();
  }

  @Override
  default String name() {
    return model().name();
  }

  @Override
  default void close() {
    model().close();
  }
}
