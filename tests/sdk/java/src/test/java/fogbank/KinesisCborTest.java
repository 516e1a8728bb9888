package fogbank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** Kinesis through the client's default settings, in which it speaks CBOR. */
class KinesisCborTest {
    private final Set<String> contentTypes = ConcurrentHashMap.newKeySet();
    private KinesisClient kinesis;

    @BeforeEach
    void open() {
        ExecutionInterceptor listener = new ExecutionInterceptor() {
            @Override
            public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
                contentTypes.addAll(context.httpResponse().matchingHeaders("Content-Type"));
            }
        };
        kinesis = KinesisClient.builder().endpointOverride(Daemon.endpoint()).region(Region.US_EAST_1)
                .credentialsProvider(Daemon.account()).httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(settings -> settings.addExecutionInterceptor(listener)).build();
        kinesis.createStream(request -> request.streamName("letters").shardCount(1));
        kinesis.waiter().waitUntilStreamExists(request -> request.streamName("letters"));
    }

    @AfterEach
    void close() {
        kinesis.close();
    }

    private List<Record> read() {
        String place = kinesis.getShardIterator(request -> request.streamName("letters")
                .shardId("shardId-000000000000").shardIteratorType(ShardIteratorType.TRIM_HORIZON)).shardIterator();
        GetRecordsResponse answer = kinesis.getRecords(request -> request.shardIterator(place));
        assertEquals(0L, answer.millisBehindLatest());
        return answer.records();
    }

    @Test
    void recordsComeBackByteForByteWithTheirTime() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; ++i) bytes[i] = (byte) i;
        Instant before = Instant.now();
        kinesis.putRecord(request -> request.streamName("letters").partitionKey("a").data(SdkBytes.fromByteArray(bytes)));
        kinesis.putRecords(request -> request.streamName("letters").records(IntStream.range(0, 3)
                .mapToObj(i -> PutRecordsRequestEntry.builder().partitionKey("k" + i)
                        .data(SdkBytes.fromUtf8String("\u00e9" + i)).build()).toList()));
        List<Record> records = read();
        assertEquals(4, records.size());
        assertArrayEquals(bytes, records.get(0).data().asByteArray());
        assertEquals(List.of("\u00e90", "\u00e91", "\u00e92"),
                records.subList(1, 4).stream().map(record -> record.data().asUtf8String()).toList());
        Duration age = Duration.between(before, records.get(0).approximateArrivalTimestamp());
        assertTrue(age.abs().compareTo(Duration.ofMinutes(1)) < 0, age.toString());
        assertEquals(Set.of("application/x-amz-cbor-1.1"), contentTypes);
    }

    @Test
    void anUnknownStreamIsItsOwnException() {
        ResourceNotFoundException refused = assertThrows(ResourceNotFoundException.class,
                () -> kinesis.describeStreamSummary(request -> request.streamName("none")));
        assertEquals("Stream none under account " + account() + " not found.",
                refused.awsErrorDetails().errorMessage());
    }

    private String account() {
        String arn = kinesis.describeStreamSummary(request -> request.streamName("letters"))
                .streamDescriptionSummary().streamARN();
        return arn.split(":")[4];
    }
}
