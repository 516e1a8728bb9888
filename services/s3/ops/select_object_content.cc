#include "services/s3/model/select_object_content.h"
#include "services/s3/body_source.h"
#include "services/s3/model/get_object.h"
#include "services/s3/select/scan.h"
#include "services/s3/service.h"

namespace fogbank::s3 {

Service::Answer<api::SelectObjectContent> Service::select_object_content(
    const Context& context, const api::SelectObjectContent::Input& input) {
    api::GetObject::Input read;
    read.Bucket = input.Bucket;
    read.Key = input.Key;
    read.ExpectedBucketOwner = input.ExpectedBucketOwner;
    read.SSECustomerAlgorithm = input.SSECustomerAlgorithm;
    read.SSECustomerKey = input.SSECustomerKey;
    read.SSECustomerKeyMD5 = input.SSECustomerKeyMD5;
    // docs: who may select is who may read.
    Context reading = context;
    reading.operation = &api::GetObject::descriptor();
    Answer<api::GetObject> object = get_object(reading, read);
    std::unique_ptr<ByteStream> bytes = stream_of(std::move(object.payload));
    select::Plan plan =
        select::make_plan(input, context.received_at, object.output.ContentLength.value_or(0));
    Answer<api::SelectObjectContent> answer;
    answer.headers.emplace_back("Content-Type", "application/vnd.amazon.eventstream");
    answer.payload = std::make_unique<select::Answer>(std::move(plan), std::move(bytes));
    return answer;
}

}  // namespace fogbank::s3
