"""Which addresses our machine calls for somebody else: a table of spellings, each a way that led inside somewhere."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.outgoing.addresses import INSIDE, BadAddress, ip_of, may_call, read_target

#: Written plainly, and closed by what they are.
CLOSED = [
    "https://127.0.0.1/", "https://127.1.2.3/", "https://10.0.0.5/", "https://10.255.255.255/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://100.100.100.200/", "https://0.0.0.0/", "https://0.1.2.3/", "https://192.0.0.8/",
    "https://192.0.2.1/", "https://198.18.0.1/", "https://198.51.100.7/", "https://203.0.113.9/",
    "https://192.88.99.1/", "https://224.0.0.1/", "https://239.255.255.250/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://168.63.129.16/", "https://127.0.0.1./", "https://127.0.0.1:8000/",
    "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/",
    "https://[fe80::1]/", "https://[febf::1]/", "https://[fec0::1]/", "https://[ff02::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::ffff:8.8.8.8]/", "https://[::127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::10.0.0.1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a00:1::1]/", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[100::1]/", "https://[2a00::5efe:10.0.0.1]/",
    "https://[2a00::200:5efe:127.0.0.1]/", "https://[5f00::1]/",
]  # fmt: skip
#: Spellings that some programs read as an address, or as another host than others do.
ODD = [
    "https://127.1/", "https://2130706433/", "https://017700000001/", "https://0177.0.0.1/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://0X7F.1/", "https://127.0.0.01/", "https://127.0x0.0.1/", "https://8.8.8.08/",
    "https://134744072/", "https://1.2.3.4.5/", "https://256.1.1.1/", "https://shop.example.1/", "https://0x/",
    "https://①②⑦.⓪.⓪.①:1⓪/", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[::1/", "https://::1/",
    "https://[::1]evil.example/", "https://[127.0.0.1]/", "https://user@shop.example/",
    "https://user:word@shop.example/", "https://shop.example@127.0.0.1/", "https://127.0.0.1#@shop.example/",
    "https://127.0.0.1\\@shop.example/", "https://shop.example\\.evil.example/", "https:\\\\127.0.0.1/",
    "https://127.0.0.1\t/", "https://127.0.0.1\n.shop.example/", " https://127.0.0.1/", "https://shop.example/ x",
    "https://shop.example/\x00", "https:///etc/passwd", "https:127.0.0.1", "https:/127.0.0.1/", "//127.0.0.1/",
    "https://", "https://:443/", "https://shop.example:0/", "https://shop.example:65536/", "https://shop.example:/",
    "https://shop.example:٤٤٣/", "https://shop..example/", "https://.example/", "https://-shop.example/",
    "https://shop%2eexample/", "https://127.0.0.1%2f.shop.example/", "https://shop.example/#part",
    "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://shop.example/", "dict://shop.example/", "javascript:alert(1)",
    "unix:///run/docker.sock", "jar:https://shop.example/", "shop.example/hook", "",
    "https://" + "a" * 64 + ".example/",
    "https://shop.example/" + "x" * 2_000,
]  # fmt: skip
OPEN = {
    "https://shop.example/hook": "https://shop.example/hook",
    "HTTPS://Shop.Example": "https://shop.example/",
    "https://shop.example.:443/a?b=c&d=%20": "https://shop.example/a?b=c&d=%20",
    "https://shop.example:8443/ключ": "https://shop.example:8443/%D0%BA%D0%BB%D1%8E%D1%87",
    "https://магазин.рф/": "https://xn--80aairftm.xn--p1ai/",
    "https://8.8.8.8/": "https://8.8.8.8/",
    "https://[2A00:1450:4001:0::2]/": "https://[2a00:1450:4001::2]/",
    "https://a_b.hooks.example/~x/(y);z=1,2": "https://a_b.hooks.example/~x/(y);z=1,2",
}


def fault(url: str, *, inside: bool = False) -> str:
    try:
        read_target(url, inside=inside)
    except BadAddress as bad:
        return bad.fault
    return ""


@pytest.mark.parametrize("url", CLOSED)
def test_what_is_not_on_the_internet_is_not_called(url: str):
    assert fault(url) == "address"


@pytest.mark.parametrize("url", ODD)
def test_an_odd_spelling_is_refused_wherever_it_leads(url: str):
    for inside in (False, True):
        assert fault(url, inside=inside) == "spelling"


@pytest.mark.parametrize(("url", "kept"), OPEN.items())
def test_a_plain_address_is_kept_in_one_spelling(url: str, kept: str):
    target = read_target(url, inside=False)
    assert target.url == kept
    assert read_target(kept, inside=False) == target


def test_outside_the_house_nothing_travels_in_the_clear():
    assert fault("http://shop.example/") == "insecure"
    assert fault("http://8.8.8.8/") == "insecure"
    assert fault("http://crm.office/hook", inside=True) == ""


def test_an_office_may_open_its_own_networks_and_nothing_else():
    """The clouds' own addresses, multicast and what carries one address inside another stay closed."""
    opened = {url for url in CLOSED if fault(url, inside=True) == ""}
    assert opened == {
        "https://127.0.0.1/", "https://127.1.2.3/", "https://10.0.0.5/", "https://10.255.255.255/",
        "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/", "https://100.64.0.1/",
        "https://100.100.100.200/", "https://127.0.0.1./", "https://127.0.0.1:8000/", "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/",
    }  # fmt: skip


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_is_called_that_python_does_not_call_global(number: int):
    address = ipaddress.IPv4Address(number)
    assert not may_call(address, inside=False) or (address.is_global and not address.is_multicast)


@given(st.integers(0, 2**128 - 1), st.sampled_from([0, 0x2001, 0x2002, 0x2A00, 0x64]))
def test_no_ipv6_address_is_called_that_python_does_not_call_global(number: int, start: int):
    address = ipaddress.IPv6Address((start << 112) | (number & (2**112 - 1)))
    assert not may_call(address, inside=False) or (address.is_global and not address.is_multicast)
    assert address.ipv4_mapped is None or not may_call(address, inside=True)


@given(st.sampled_from(INSIDE), st.integers(0, 2**32 - 1))
def test_what_an_office_opens_is_closed_to_everybody_else(network, number: int):
    address = network[number % min(network.num_addresses, 2**32)]
    assert may_call(address, inside=True)
    assert not may_call(address, inside=False)


@given(st.text(max_size=40), st.booleans())
def test_whatever_is_written_it_is_refused_or_read_in_one_way(text: str, inside: bool):
    """What is kept reads as it was read, and no host of it is an address that may not be called."""
    for url in (text, f"https://{text}/", f"https://{text}"):
        try:
            target = read_target(url, inside=inside)
        except BadAddress:
            continue
        assert read_target(target.url, inside=inside) == target
        address = ip_of(target.host)
        assert address is None or may_call(address, inside=inside)
