import java.util.Arrays;
import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.AggregatesApi;

/** Reads lists with the client of openapi-generator. Prints each operation and its number of rows. */
class ReadLists {
  public static void main(String[] args) throws Exception {
    var client = new ApiClient();
    client.updateBaseUri(args[0]);
    var api = new AggregatesApi(client);
    for (var operation : Arrays.asList(args).subList(1, args.length)) {
      var method = Arrays.stream(AggregatesApi.class.getMethods())
          .filter(each -> each.getName().equals(operation))
          .min((one, other) -> one.getParameterCount() - other.getParameterCount())
          .orElseThrow();
      var page = method.invoke(api, new Object[method.getParameterCount()]);
      var rows = (List<?>) page.getClass().getMethod("getData").invoke(page);
      System.out.println(operation + " " + rows.size());
    }
  }
}
