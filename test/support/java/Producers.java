import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Runs the commands of java-producers.ts: one per line of standard input, with fields separated by tabs. */
public class Producers {
  private static volatile Exception failure;

  public static void main(String[] args) throws Exception {
    Map<String, KafkaProducer<String, String>> producers = new HashMap<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null; ) {
      String[] f = line.split("\t", -1);
      if (f[0].equals("open")) producers.put(f[1], open(args[0], f[1], f[2], f[3]));
      KafkaProducer<String, String> producer = producers.get(f[1]);
      switch (f[0]) {
        case "begin" -> producer.beginTransaction();
        // An empty value means null.
        case "send" -> producer.send(
            new ProducerRecord<>(f[2], Integer.valueOf(f[3]), f[4], f[5].isEmpty() ? null : f[5]),
            (metadata, error) -> { if (error != null) failure = error; });
        case "flush" -> producer.flush();
        case "commit" -> producer.commitTransaction();
        case "abort" -> { producer.flush(); producer.abortTransaction(); }
        default -> { }
      }
      if (failure != null) throw failure;
      if (f[0].equals("report")) System.out.println("done " + f[1]);
    }
    // Open transactions stay open, as after a kill.
    System.exit(0);
  }

  private static KafkaProducer<String, String> open(String brokers, String name, String codec, String transactional) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("compression.type", codec);
    if (!transactional.isEmpty()) settings.put("transactional.id", transactional);
    var producer = new KafkaProducer<String, String>(settings, new StringSerializer(), new StringSerializer());
    if (!transactional.isEmpty()) producer.initTransactions();
    return producer;
  }
}
