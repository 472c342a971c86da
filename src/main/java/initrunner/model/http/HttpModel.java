package initrunner.model.http;

import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.RunEvent;
import initrunner.model.Turn;
import initrunner.model.answer.ServerDiagnosis;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.model.endpoint.Proxy;
import initrunner.role.model.ModelSettings;
import initrunner.tool.Tool;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// A model behind HTTP, in any of the protocols. Safe for many threads.
public final class HttpModel implements Model {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

  private final ModelEndpoint endpoint;
  private final RequestWriter writer;
  private final HttpClient http;
  private final ModelHttpClient client;
  private volatile RequestFields fields;
  private volatile Returning returning = Returning.AS_GIVEN;

  public HttpModel(
      ModelEndpoint endpoint,
      ModelSettings settings,
      Models.Delivery delivery,
      RetryPolicy retries) {
    this.endpoint = endpoint;
    this.fields = RequestFields.of(settings);
    ServerDiagnosis diagnosis = new ServerDiagnosis(endpoint);
    this.writer = new RequestWriter(endpoint, delivery, diagnosis.model());
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .version(version(endpoint));
    endpoint.proxy().map(Proxy::selector).ifPresent(builder::proxy);
    this.http = builder.build();
    this.client = new ModelHttpClient(http, diagnosis, retries, settings.patience());
  }

  /// Without TLS, HTTP/2 begins with an upgrade request, at which some local servers hang.
  private static Version version(ModelEndpoint endpoint) {
    return "https".equals(endpoint.baseUrl().getScheme()) ? Version.HTTP_2 : Version.HTTP_1_1;
  }

  @Override
  public String provider() {
    return endpoint.provider();
  }

  @Override
  public String name() {
    return endpoint.name();
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    while (true) {
      RequestFields said = fields;
      Returning back = returning;
      try {
        return client.ask(writer.write(conversation, tools, said, back), events);
      } catch (ModelException e) {
        if (refusesTemperature(e, said)) {
          fields = said.withoutTemperature();
        } else if (e.kind() == ModelException.Kind.REQUEST_REFUSED && back.after(e) != back) {
          returning = back.after(e);
        } else {
          throw e;
        }
      }
    }
  }

  /// New models change which of them refuse a temperature; only the server's answer tells.
  private static boolean refusesTemperature(ModelException fault, RequestFields said) {
    return fault.kind() == ModelException.Kind.REQUEST_REFUSED
        && said.temperature().isPresent()
        && String.valueOf(fault.getMessage()).toLowerCase(Locale.ROOT).contains("temperature");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
