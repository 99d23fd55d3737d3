// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause
#ifndef KINGSNAKE_CZSTD_SHIM_H
#define KINGSNAKE_CZSTD_SHIM_H
#include <zstd.h>
#endif
