"""Agents of browsers that people use, by name, with what they run on: shared by the tests of devices and programs."""

_CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.250205.002; wv)"
_WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROMIUM} Safari/537.36"

BROWSERS = {
    "Chrome on Windows": _WINDOWS,
    "Chrome on Linux": f"Mozilla/5.0 (X11; Linux x86_64) {_CHROMIUM} Safari/537.36",
    "Chrome on Android": f"Mozilla/5.0 (Linux; Android 10; K) {_CHROMIUM} Mobile Safari/537.36",
    "Chrome on an Android tablet": f"Mozilla/5.0 (Linux; Android 14; SM-X910) {_CHROMIUM} Safari/537.36",
    "Chrome on iPhone": f"{_IPHONE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1",
    "Chrome OS": f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_CHROMIUM} Safari/537.36",
    "Safari on Mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Safari/605.1.15",
    "Safari on iPhone": f"{_IPHONE} Version/18.6 Mobile/15E148 Safari/604.1",
    "Safari on iPad": "Mozilla/5.0 (iPad; CPU OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/15.6 Mobile/15E148 Safari/604.1",
    "Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Firefox on Android": "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    "Firefox on iPhone": f"{_IPHONE} FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
    "Edge": f"{_WINDOWS} Edg/141.0.0.0",
    "Opera": f"{_WINDOWS} OPR/122.0.0.0",
    "Yandex": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROMIUM} YaBrowser/25.8.0.0 Safari/537.36",
    "Vivaldi": f"{_WINDOWS} Vivaldi/7.5",
    "Samsung Internet": "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "UC": "Mozilla/5.0 (Linux; U; Android 13; en-US; RMX3085) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/123.0.0.0 UCBrowser/13.7.8.1322 Mobile Safari/537.36",
    "Huawei": "Mozilla/5.0 (Linux; Android 12; NOH-NX9; HMSCore 6.13.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/114.0.5735.196 HuaweiBrowser/15.0.4 Mobile Safari/537.36",
    "DuckDuckGo": f"{_IPHONE} Version/18.6 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
    "Internet Explorer": "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Internet Explorer of old": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
    "Opera of old": "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.12.388 Version/12.18",
    "Opera Mini": "Opera/9.80 (Android; Opera Mini/36.2.2254/191.249; U; en) Presto/2.12.423 Version/12.16",
    "Silk": "Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/126.5.1 like "
    "Chrome/126.0.0.0 Safari/537.36",
    "a make of telephone": "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36",
    "within Facebook": f"{_IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0.38.101;FBBV/757093531;FBDV/iPhone15,3;"
    "FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBCR/Telekom.de;FBID/phone;FBLC/de_DE;FBOP/5]",
    "within Facebook on Android": f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.43 "
    "Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/530.0.0.48.74;IABMV/1;]",
    "within Instagram": f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.43 Mobile "
    "Safari/537.36 Instagram 400.0.0.49.68 Android (35/15; 420dpi; 1080x2424; Google/google; Pixel 9; tokay; en_US)",
    "within TikTok": f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.43 Mobile "
    "Safari/537.36 musical_ly_2024100030 JsSdk/1.0 NetType/WIFI Channel/googleplay ByteLocale/en Region/US "
    "BytedanceWebview/d8a21c6",
    "within Telegram": f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.43 Mobile "
    "Safari/537.36 Telegram-Android/11.4.2 (Google Pixel 9; Android 15; SDK 35; HIGH)",
    "within WeChat": f"{_IPHONE} Mobile/15E148 MicroMessenger/8.0.50(0x18003233) NetType/WIFI Language/zh_CN",
    "within LinkedIn": f"{_IPHONE} Mobile/15E148 [LinkedInApp]/9.31.1030",
    "within Snapchat": f"{_IPHONE} Version/18.6 Mobile/15E148 Safari/604.1 Snapchat/13.10.0.42 (like Safari/8620.1.16)",
    "within Pinterest": f"{_IPHONE} Mobile/15E148 [Pinterest/iOS]",
    "within the search app": f"{_IPHONE} GSA/330.0.0 Mobile/15E148 Safari/604.1",
    "within the Yandex app": f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.43 "
    "Mobile Safari/537.36 YaApp_Android/25.91 YaSearchBrowser/25.91",
    "within VK": f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.43 Mobile "
    "Safari/537.36 VKAndroidApp/8.100-27543",
    "within Line": f"{_IPHONE} Mobile/15E148 Safari Line/15.0.0",
    "a television": "Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/7.0 Chrome/108.0.5359.1 TV Safari/537.36",
    "a hybrid television": "Mozilla/5.0 (Linux mipsel; U; HbbTV/1.1.1 (; TOSHIBA; DTV_RL938; 7.0.21.6; a5; ) ; "
    "ToshibaTP/1.3.0 (+VIDEO_MP4+HAS_CMD_HTTP_SERVER) ; de) AppleWebKit/534.1 (KHTML, like Gecko)",
    "a game console": "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/15.4 Safari/605.1.15",
    "a car": "Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chromium/109.0.5414.119 "
    "Chrome/109.0.5414.119 Safari/537.36 Tesla/2024.44.25-abcdef",
    "KaiOS": "Mozilla/5.0 (Mobile; Nokia_2720_Flip; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2.2",
    "through a translator": f"{_WINDOWS},gzip(gfe) (via translate.google.com)",
    "a text terminal": "Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.0.15",
    "an editor's own browser": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Code/1.105.0 Chrome/138.0.7204.251 Electron/37.6.0 Safari/537.36",
    "hardly anything": "Mozilla/5.0",
    "less than usual": "Mozilla/5.0 Firefox/140.0",
}
#: Name -> (kind, browser, system, touch).
KINDS = {
    "Chrome on Windows": ("pc", "Chrome 141", "Windows 10", False),
    "Chrome on Linux": ("pc", "Chrome 141", "Linux", False),
    "Chrome on Android": ("mobile", "Chrome Mobile 141", "Android 10", True),
    "Chrome on an Android tablet": ("tablet", "Chrome 141", "Android 14", True),
    "Chrome on iPhone": ("mobile", "Chrome Mobile iOS 141", "iOS 18", True),
    "Chrome OS": ("pc", "Chrome 141", "Chrome OS 14541", False),
    "Safari on Mac": ("pc", "Safari 18", "Mac OS X 10", False),
    "Safari on iPhone": ("mobile", "Mobile Safari 18", "iOS 18", True),
    "Safari on iPad": ("tablet", "Mobile Safari 15", "iOS 15", True),
    "Firefox on Linux": ("pc", "Firefox 140", "Linux", False),
    "Firefox on Android": ("mobile", "Firefox Mobile 140", "Android 14", True),
    "Edge": ("pc", "Edge 141", "Windows 10", False),
    "Yandex": ("pc", "Yandex Browser 25", "Windows 10", False),
    "Internet Explorer of old": ("pc", "IE 9", "Windows 7", False),
    "hardly anything": ("unknown", "", "", False),
}
