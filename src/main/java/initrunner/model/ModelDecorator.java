package initrunner.model;

/// A model that asks another one, has its name, and closes it.
public abstract class ModelDecorator implements Model {

  /// The model that is asked.
  protected final Model model;

  protected ModelDecorator(Model model) {
    this.model = model;
  }

  @Override
  public final String provider() {
    return model.provider();
  }

  @Override
  public final String name() {
    return model.name();
  }

  @Override
  public final void close() {
    model.close();
  }
}
