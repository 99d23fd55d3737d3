// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause
#ifndef KINGSNAKE_CBZIP2_SHIM_H
#define KINGSNAKE_CBZIP2_SHIM_H
#include <bzlib.h>
#endif
