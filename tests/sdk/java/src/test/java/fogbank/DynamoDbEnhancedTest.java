package fogbank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbVersionAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbBean;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSecondaryPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSortKey;
import software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional;
import software.amazon.awssdk.enhanced.dynamodb.model.QueryEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.ScanEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.TransactWriteItemsEnhancedRequest;
import software.amazon.awssdk.enhanced.dynamodb.model.WriteBatch;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** The enhanced client: beans in and out, versions, transactions. */
class DynamoDbEnhancedTest {
    /** An item with a value of most kinds, and a version that the client checks and counts. */
    @DynamoDbBean
    public static class Order {
        private String customer;
        private int number;
        private String state;
        private Instant placed;
        private List<String> lines;
        private Map<String, Double> prices;
        private Set<String> tags;
        private Boolean paid;
        private Long version;

        static Order of(String customer, int number, String state) {
            Order order = new Order();
            order.customer = customer;
            order.number = number;
            order.state = state;
            return order;
        }

        @DynamoDbPartitionKey public String getCustomer() { return customer; }
        public void setCustomer(String customer) { this.customer = customer; }
        @DynamoDbSortKey public int getNumber() { return number; }
        public void setNumber(int number) { this.number = number; }
        @DynamoDbSecondaryPartitionKey(indexNames = "by-state") public String getState() { return state; }
        public void setState(String state) { this.state = state; }
        public Instant getPlaced() { return placed; }
        public void setPlaced(Instant placed) { this.placed = placed; }
        public List<String> getLines() { return lines; }
        public void setLines(List<String> lines) { this.lines = lines; }
        public Map<String, Double> getPrices() { return prices; }
        public void setPrices(Map<String, Double> prices) { this.prices = prices; }
        public Set<String> getTags() { return tags; }
        public void setTags(Set<String> tags) { this.tags = tags; }
        public Boolean getPaid() { return paid; }
        public void setPaid(Boolean paid) { this.paid = paid; }
        @DynamoDbVersionAttribute public Long getVersion() { return version; }
        public void setVersion(Long version) { this.version = version; }
    }

    private DynamoDbClient plain;
    private DynamoDbEnhancedClient client;
    private DynamoDbTable<Order> orders;

    @BeforeEach
    void makeTable() {
        plain = DynamoDbClient.builder().endpointOverride(Daemon.endpoint()).region(Region.US_EAST_1)
                .credentialsProvider(Daemon.account()).httpClient(UrlConnectionHttpClient.create()).build();
        client = DynamoDbEnhancedClient.builder().dynamoDbClient(plain).build();
        orders = client.table("orders", TableSchema.fromBean(Order.class));
        orders.createTable(request -> request.globalSecondaryIndices(index -> index.indexName("by-state")
                .projection(Projection.builder().projectionType(ProjectionType.ALL).build())));
        plain.waiter().waitUntilTableExists(request -> request.tableName("orders"));
    }

    @AfterEach
    void close() {
        plain.close();
    }

    private static Key key(String customer, int number) {
        return Key.builder().partitionValue(customer).sortValue(number).build();
    }

    @Test
    void aBeanComesBackAsItWasPut() {
        Order order = Order.of("ada", 1, "open");
        order.setPlaced(Instant.parse("2026-10-09T08:07:06.005Z"));
        order.setLines(List.of("bolt", "nut"));
        order.setPrices(Map.of("bolt", 1.25, "nut", 0.5));
        order.setTags(Set.of("new", "gift"));
        order.setPaid(false);
        orders.putItem(order);
        Order got = orders.getItem(request -> request.key(key("ada", 1)).consistentRead(true));
        assertEquals(order.getPlaced(), got.getPlaced());
        assertEquals(order.getLines(), got.getLines());
        assertEquals(order.getPrices(), got.getPrices());
        assertEquals(order.getTags(), got.getTags());
        assertEquals(false, got.getPaid());
        assertEquals(1L, got.getVersion());
        assertNull(orders.getItem(key("ada", 2)));
    }

    @Test
    void anOldVersionIsNotWrittenOverANewerOne() {
        orders.putItem(Order.of("ada", 1, "open"));
        Order stale = orders.getItem(key("ada", 1));
        Order fresh = orders.getItem(key("ada", 1));
        fresh.setState("sent");
        assertEquals(2L, orders.updateItem(fresh).getVersion());
        stale.setState("lost");
        assertThrows(ConditionalCheckFailedException.class, () -> orders.updateItem(stale));
        assertEquals("sent", orders.getItem(key("ada", 1)).getState());
    }

    @Test
    void aQueryPagesInOrderThroughTableAndIndex() {
        // A batch has no conditions, so no versions either.
        DynamoDbEnhancedClient unversioned =
                DynamoDbEnhancedClient.builder().dynamoDbClient(plain).extensions(List.of()).build();
        DynamoDbTable<Order> table = unversioned.table("orders", TableSchema.fromBean(Order.class));
        WriteBatch.Builder<Order> batch = WriteBatch.builder(Order.class).mappedTableResource(table);
        IntStream.rangeClosed(1, 7).forEach(i -> batch.addPutItem(Order.of("ada", i, i % 2 == 0 ? "even" : "odd")));
        assertEquals(List.of(), unversioned.batchWriteItem(request -> request.writeBatches(batch.build()))
                .unprocessedPutItemsForTable(table));
        QueryConditional after2 = QueryConditional.sortGreaterThan(key("ada", 2));
        QueryEnhancedRequest query =
                QueryEnhancedRequest.builder().queryConditional(after2).scanIndexForward(false).limit(2).build();
        assertEquals(List.of(7, 6, 5, 4, 3), orders.query(query).items().stream().map(Order::getNumber).toList());
        assertEquals(3, orders.query(query).stream().filter(page -> !page.items().isEmpty()).count());
        QueryConditional even = QueryConditional.keyEqualTo(Key.builder().partitionValue("even").build());
        assertEquals(Set.of(2, 4, 6), orders.index("by-state").query(even).stream()
                .flatMap(page -> page.items().stream()).map(Order::getNumber).collect(java.util.stream.Collectors.toSet()));
        Expression filter = Expression.builder().expression("#n > :n").putExpressionName("#n", "number")
                .putExpressionValue(":n", AttributeValue.fromN("5")).build();
        assertEquals(2, orders.scan(ScanEnhancedRequest.builder().filterExpression(filter).build()).items().stream()
                .count());
    }

    @Test
    void aTransactionWritesAllOrSaysWhichActionFailed() {
        orders.putItem(Order.of("ada", 1, "open"));
        TransactWriteItemsEnhancedRequest request = TransactWriteItemsEnhancedRequest.builder()
                .addPutItem(orders, Order.of("ada", 2, "open")).addPutItem(orders, Order.of("ada", 1, "again")).build();
        TransactionCanceledException cancelled =
                assertThrows(TransactionCanceledException.class, () -> client.transactWriteItems(request));
        assertEquals(List.of("None", "ConditionalCheckFailed"),
                cancelled.cancellationReasons().stream().map(reason -> reason.code()).toList());
        assertNull(orders.getItem(key("ada", 2)));
        client.transactWriteItems(all -> all.addDeleteItem(orders, key("ada", 1))
                .addPutItem(orders, Order.of("ada", 3, "open")));
        assertEquals(List.of(3), orders.scan().items().stream().map(Order::getNumber).toList());
    }

    @Test
    void anUnknownTableIsItsOwnException() {
        DynamoDbTable<Order> none = client.table("none", TableSchema.fromBean(Order.class));
        ResourceNotFoundException refused =
                assertThrows(ResourceNotFoundException.class, () -> none.getItem(key("ada", 1)));
        assertEquals("Requested resource not found", refused.awsErrorDetails().errorMessage());
    }
}
