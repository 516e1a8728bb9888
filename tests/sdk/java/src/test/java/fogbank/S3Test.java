package fogbank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Objects through the clients of the SDK: whole, in parts, in pages, presigned. */
class S3Test {
    private final StaticCredentialsProvider account = Daemon.account();
    private final String bucket = "java-" + UUID.randomUUID();
    private final S3Configuration pathStyle = S3Configuration.builder().pathStyleAccessEnabled(true).build();
    private S3Client client;
    @TempDir private Path folder;

    @BeforeEach
    void makeBucket() {
        client = S3Client.builder().endpointOverride(Daemon.endpoint()).region(Region.US_EAST_1)
                .credentialsProvider(account).httpClient(UrlConnectionHttpClient.create())
                .serviceConfiguration(pathStyle).build();
        client.createBucket(request -> request.bucket(bucket));
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static byte[] random(int size) {
        byte[] out = new byte[size];
        new Random(size).nextBytes(out);
        return out;
    }

    @Test
    void anObjectComesBackWithItsHeadersAndChecksum() {
        byte[] body = random(100_000);
        PutObjectResponse put = client.putObject(request -> request.bucket(bucket).key("a folder/key+é")
                .contentType("text/x").metadata(Map.of("who", "java")), RequestBody.fromBytes(body));
        assertEquals(8, put.checksumCRC32().length());
        var got = client.getObjectAsBytes(request -> request.bucket(bucket).key("a folder/key+é")
                .checksumMode(ChecksumMode.ENABLED));
        assertArrayEquals(body, got.asByteArray());
        assertEquals("text/x", got.response().contentType());
        assertEquals(Map.of("who", "java"), got.response().metadata());
        assertEquals(put.checksumCRC32(), got.response().checksumCRC32());
        assertArrayEquals(new byte[] {body[1], body[2]}, client.getObjectAsBytes(request -> request.bucket(bucket)
                .key("a folder/key+é").range("bytes=1-2")).asByteArray());
    }

    @Test
    void refusalsAreTheirOwnExceptions() {
        assertThrows(NoSuchKeyException.class, () -> client.getObject(request -> request.bucket(bucket).key("none")));
        assertThrows(NoSuchBucketException.class,
                () -> client.listObjectsV2(request -> request.bucket(bucket + "-none")));
        client.putObject(request -> request.bucket(bucket).key("once").ifNoneMatch("*"), RequestBody.empty());
        S3Exception refused = assertThrows(S3Exception.class, () -> client.putObject(
                request -> request.bucket(bucket).key("once").ifNoneMatch("*"), RequestBody.empty()));
        assertEquals(412, refused.statusCode());
        assertEquals("PreconditionFailed", refused.awsErrorDetails().errorCode());
    }

    @Test
    void listsPageAndVersionsStand() {
        client.putBucketVersioning(request -> request.bucket(bucket)
                .versioningConfiguration(set -> set.status(BucketVersioningStatus.ENABLED)));
        List<String> keys = IntStream.range(0, 25).mapToObj("k%02d"::formatted).toList();
        keys.forEach(key -> client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(key)));
        assertEquals(keys, client.listObjectsV2Paginator(request -> request.bucket(bucket).maxKeys(7)).contents()
                .stream().map(S3Object::key).toList());
        List<ObjectIdentifier> all = keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
        assertEquals(25, client.deleteObjects(request -> request.bucket(bucket).delete(list -> list.objects(all)))
                .deleted().size());
        assertEquals(0, client.listObjectsV2(request -> request.bucket(bucket)).keyCount());
        assertEquals(25, client.listObjectVersions(request -> request.bucket(bucket)).deleteMarkers().size());
    }

    @Test
    void aPresignedUrlIsReadByAnyone() throws IOException {
        client.putObject(request -> request.bucket(bucket).key("k"), RequestBody.fromString("presigned"));
        try (S3Presigner presigner = S3Presigner.builder().endpointOverride(Daemon.endpoint())
                .region(Region.US_EAST_1).credentialsProvider(account).serviceConfiguration(pathStyle).build()) {
            var signed = presigner.presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(1))
                    .getObjectRequest(get -> get.bucket(bucket).key("k")));
            HttpURLConnection connection = (HttpURLConnection) signed.url().openConnection();
            assertEquals(200, connection.getResponseCode());
            assertEquals("presigned", new String(connection.getInputStream().readAllBytes()));
        }
    }

    @Test
    void theAsynchronousClientMovesALargeFileInParts() throws IOException {
        byte[] body = random((33 << 20) + 7);
        Path from = Files.write(folder.resolve("from"), body);
        Path to = folder.resolve("to");
        try (S3AsyncClient async = S3AsyncClient.builder().endpointOverride(Daemon.endpoint())
                .region(Region.US_EAST_1).credentialsProvider(account).serviceConfiguration(pathStyle)
                .multipartEnabled(true).multipartConfiguration(parts -> parts.minimumPartSizeInBytes(5L << 20)
                        .thresholdInBytes(8L << 20)).build()) {
            PutObjectResponse put = async.putObject(request -> request.bucket(bucket).key("large"),
                    AsyncRequestBody.fromFile(from)).join();
            assertTrue(put.eTag().endsWith("-7\""), put.eTag());
            GetObjectResponse got = async.getObject(request -> request.bucket(bucket).key("large"),
                    AsyncResponseTransformer.toFile(to)).join();
            assertFalse(got.eTag().isEmpty());
        }
        assertArrayEquals(body, Files.readAllBytes(to));
        assertEquals((33L << 20) + 7,
                client.headObject(request -> request.bucket(bucket).key("large")).contentLength());
    }

    @Test
    void anUploadIsListedCompletedOrAborted() {
        String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("parts")).uploadId();
        List<byte[]> bodies = List.of(random(5 << 20), random(1000));
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 2; ++i) {
            int number = i + 1;
            tags.add(client.uploadPart(request -> request.bucket(bucket).key("parts").uploadId(upload)
                    .partNumber(number), RequestBody.fromBytes(bodies.get(i))).eTag());
        }
        assertEquals(2, client.listPartsPaginator(request -> request.bucket(bucket).key("parts").uploadId(upload)
                .maxParts(1)).parts().stream().count());
        client.completeMultipartUpload(request -> request.bucket(bucket).key("parts").uploadId(upload)
                .multipartUpload(whole -> whole.parts(part -> part.partNumber(1).eTag(tags.get(0)),
                        part -> part.partNumber(2).eTag(tags.get(1)))));
        assertArrayEquals(bodies.get(1), client.getObjectAsBytes(request -> request.bucket(bucket).key("parts")
                .partNumber(2)).asByteArray());
        String other = client.createMultipartUpload(request -> request.bucket(bucket).key("other")).uploadId();
        client.abortMultipartUpload(request -> request.bucket(bucket).key("other").uploadId(other));
        assertEquals(List.of(), client.listMultipartUploads(request -> request.bucket(bucket)).uploads());
    }
}
