"""What the tests of S3 share; the fixtures `s3` and `bucket` stand in conftest.py."""

import random

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

PATH_STYLE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


def new_name():
    return "sdk-%016x" % random.getrandbits(64)


def refused(call, **arguments):
    """The answer to a call that is refused."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response
