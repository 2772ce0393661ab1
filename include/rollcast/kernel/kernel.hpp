#pragma once
/// Everything of the kernel.
#include "rollcast/kernel/alarm.hpp"
#include "rollcast/kernel/calendar.hpp"
#include "rollcast/kernel/compose.hpp"
#include "rollcast/kernel/gate.hpp"
#include "rollcast/kernel/latch.hpp"
#include "rollcast/kernel/pool.hpp"
#include "rollcast/kernel/process.hpp"
#include "rollcast/kernel/signal.hpp"
#include "rollcast/kernel/simulation.hpp"
#include "rollcast/kernel/store.hpp"
#include "rollcast/kernel/time_weighted.hpp"
#include "rollcast/kernel/token_bucket.hpp"
