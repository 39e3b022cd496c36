import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamReader;

/**
 * Says of each XML file named on standard input whether MI's parser (woodstox) reads it to its end, a line each: `refused REASON`, or
 * `read` with every element, its attributes in order of their names and its text without white space, in hex.
 */
public class XmlOracle {
  public static void main(String[] arguments) throws Exception {
    XMLInputFactory factory = new com.ctc.wstx.stax.WstxInputFactory();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) System.out.println(answer(factory, path));
  }

  private static String answer(XMLInputFactory factory, String path) {
    try (InputStream in = new FileInputStream(path)) {
      XMLStreamReader reader = factory.createXMLStreamReader(in);
      List<StringBuilder> elements = new ArrayList<>();
      List<StringBuilder> open = new ArrayList<>();
      while (reader.hasNext()) {
        reader.next();
        if (reader.isStartElement()) {
          StringBuilder element = new StringBuilder(start(reader));
          elements.add(element);
          open.add(element);
        } else if (reader.isEndElement()) open.remove(open.size() - 1);
        else if (reader.hasText() && reader.getEventType() != XMLStreamReader.COMMENT && !open.isEmpty())
          open.get(open.size() - 1).append(reader.getText().replaceAll("[ \t\r\n]+", ""));
      }
      return "read " + hex(String.join("\n", elements));
    } catch (Exception | StackOverflowError error) {
      return "refused " + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    }
  }

  private static String start(XMLStreamReader reader) {
    List<String> attributes = new ArrayList<>();
    for (int index = 0; index < reader.getAttributeCount(); index++)
      attributes.add(named(reader.getAttributeNamespace(index), reader.getAttributeLocalName(index)) + "=" + reader.getAttributeValue(index));
    Collections.sort(attributes);
    return named(reader.getNamespaceURI(), reader.getLocalName()) + attributes + ": ";
  }

  private static String named(String namespace, String local) {
    return "{" + (namespace == null ? "" : namespace) + "}" + local;
  }

  private static String hex(String text) {
    StringBuilder hex = new StringBuilder();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) hex.append(String.format("%02x", value));
    return hex.toString();
  }
}
