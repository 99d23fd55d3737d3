# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""Publishes packages by rattler-build's upload to prefix.dev, with trusted publishing: publish_to_prefix.py URL CHANNEL PACKAGE…"""

import sys

import rattler_build

url, channel, *packages = sys.argv[1:]
rattler_build.upload_package_to_prefix(packages, url, channel)
